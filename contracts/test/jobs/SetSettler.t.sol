// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowTest} from "../EscrowTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";
import {Wallet} from "../Accounts.sol";

contract SetSettlerTest is EscrowTest {
    using Reader for IEscrow;

    uint256 private constant SECOND = 0x5EC;
    uint256 private constant THIRD = 0x741;

    function set(address next) private {
        vm.prank(publisher);
        escrow.setSettler(opening(), next);
    }

    function epochOf(bytes32 jobId, uint256 number) private pure returns (Statement memory statement) {
        statement = statementOf(jobId, 0.1 ether);
        (statement.epoch, statement.last) = (number, true);
    }

    function postBy(uint256 key, Statement memory statement) private {
        escrow.post(opening(), statement, sign(key, Signing.hash(statement)));
    }

    function refuseBy(uint256 key, Statement memory statement, address needed) private {
        bytes memory signature = sign(key, Signing.hash(statement));
        expectRefusal(WrongSigner.selector, uint160(needed), uint256(Signing.hash(statement)));
        escrow.post(opening(), statement, signature);
    }

    function test_a_new_settler_signs_the_epochs_after_the_next() public {
        bytes32 jobId = openJob();
        postBy(SETTLER_KEY, epochOf(jobId, 0));
        vm.expectEmit(address(escrow));
        emit SettlerSet(jobId, vm.addr(SECOND), 2);
        set(vm.addr(SECOND));
        refuseBy(SECOND, epochOf(jobId, 1), settler);
        postBy(SETTLER_KEY, epochOf(jobId, 1));
        refuseBy(SETTLER_KEY, epochOf(jobId, 2), vm.addr(SECOND));
        postBy(SECOND, epochOf(jobId, 2));
        assertEq(escrow.job(jobId).settler, vm.addr(SECOND), "settler");
        assertEq(escrow.job(jobId).settlerFrom, 2, "from");
    }

    function test_every_epoch_keeps_its_settler_through_several_changes() public {
        bytes32 jobId = openJob();
        set(vm.addr(SECOND));
        postBy(SETTLER_KEY, epochOf(jobId, 0));
        vm.warp(START + 1 days);
        set(vm.addr(THIRD));
        refuseBy(THIRD, epochOf(jobId, 1), vm.addr(SECOND));
        Statement memory large = epochOf(jobId, 1);
        large.total = 3 ether;
        postBy(SECOND, large);
        postBy(THIRD, epochOf(jobId, 2));
        large.seq = 2;
        refuseBy(THIRD, large, vm.addr(SECOND));
        refuseBy(SETTLER_KEY, large, vm.addr(SECOND));
        postBy(SECOND, large);
        assertEq(escrow.epoch(jobId, 1).seq, 2, "replaced by its own settler");
    }

    function test_the_last_of_several_changes_before_a_post_counts() public {
        bytes32 jobId = openJob();
        set(vm.addr(SECOND));
        set(vm.addr(THIRD));
        postBy(SETTLER_KEY, epochOf(jobId, 0));
        refuseBy(SECOND, epochOf(jobId, 1), vm.addr(THIRD));
        postBy(THIRD, epochOf(jobId, 1));
    }

    /// Whose word counts for an epoch is looked up from change to change: were there thousands in the time in which a
    /// promise can be challenged, nobody could afford to.
    function test_a_settler_gets_one_successor_in_a_challenge_delay_however_many_epochs_pass() public {
        bytes32 jobId = openJob();
        vm.warp(START + 1 hours);
        set(vm.addr(SECOND));
        postBy(SETTLER_KEY, epochOf(jobId, 0));
        postBy(SECOND, epochOf(jobId, 1));
        expectRefusal(TooEarly.selector, START + 1 hours, START + 25 hours);
        set(vm.addr(THIRD));
        vm.warp(START + 25 hours - 1);
        expectRefusal(TooEarly.selector, START + 25 hours - 1, START + 25 hours);
        set(vm.addr(THIRD));
        vm.warp(START + 25 hours);
        set(vm.addr(THIRD));
        assertEq(escrow.job(jobId).settlerFrom, 3, "from");
    }

    function test_only_the_publisher_of_a_live_job_changes_its_settler() public {
        bytes32 jobId = openJob();
        expectRefusal(WrongCaller.selector, uint160(settler), uint160(publisher));
        vm.prank(settler);
        escrow.setSettler(opening(), stranger);
        vm.prank(publisher);
        escrow.beginClose(opening());
        vm.warp(START + 2 days);
        escrow.close(opening());
        expectRefusal(WrongState.selector, 3, uint256(jobId));
        set(stranger);
    }

    function test_a_wallet_of_several_owners_may_settle() public {
        uint256[3] memory keys = [uint256(0xA1), 0xA2, 0xA3];
        address[] memory owners = new address[](3);
        for (uint256 i = 0; i < 3; ++i) {
            owners[i] = vm.addr(keys[i]);
        }
        (uint256 low, uint256 high) = owners[0] < owners[1] ? (keys[0], keys[1]) : (keys[1], keys[0]);
        Opening memory opened = opening();
        opened.settler = address(new Wallet(owners, 2));
        Statement memory statement = statementOf(openJob(opened), 1 ether);
        bytes32 hash = Signing.hash(statement);
        bytes memory one = sign(low, hash);
        bytes memory both = bytes.concat(one, sign(high, hash));
        bytes[3] memory wrong = [one, bytes.concat(one, one), bytes.concat(one, sign(0xBAD, hash))];
        for (uint256 i = 0; i < 3; ++i) {
            expectRefusal(WrongSigner.selector, uint160(opened.settler), uint256(hash));
            escrow.post(opened, statement, wrong[i]);
        }
        escrow.post(opened, statement, both);
        assertEq(escrow.epoch(statement.jobId, 0).total, 1 ether, "two of three have signed");
    }

    /// Whatever is set and posted in any order, an epoch belongs to the settler that stood when it was the next or the
    /// one after.
    function test_fuzz_a_settler_never_loses_what_it_could_promise(uint8[12] memory acts) public {
        bytes32 jobId = openJob();
        uint256[14] memory keys; // by epoch
        for (uint256 i = 0; i < 14; ++i) {
            keys[i] = SETTLER_KEY;
        }
        uint256 number = 0;
        for (uint256 i = 0; i < 12; ++i) {
            if (acts[i] % 2 == 0) {
                set(vm.addr(0x5000 + i));
                for (uint256 j = number + 1; j < 14; ++j) {
                    keys[j] = 0x5000 + i;
                }
            } else {
                refuseBy(0xBAD, epochOf(jobId, number), vm.addr(keys[number]));
                postBy(keys[number], epochOf(jobId, number));
                number += 1;
                vm.warp(block.timestamp + 1 days);
            }
        }
        assertEq(escrow.job(jobId).epochs, number, "all were posted");
    }
}
