// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {QuorumTest} from "./QuorumTest.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";

contract VetoTest is QuorumTest {
    using Reader for IEscrow;

    Forced private forced;

    function setUp() public override {
        super.setUp();
        postWeights(0, equal(3, 3 ether));
        forced = forcedOf(0, 0.7 ether);
        force(forced, 3);
    }

    function test_the_settler_cancels_a_forced_epoch_and_frees_its_earmark() public {
        vm.expectEmit(address(escrow));
        emit EpochVetoed(jobId, FORCED, forced.root);
        veto(forced);
        Job memory job = escrow.job(jobId);
        assertEq(job.committed, 3 ether, "committed");
        assertEq(job.forced, 0, "forced");
        assertEq(job.forcedEpochs, 1, "its number is gone for ever");
        assertEq(escrow.epoch(jobId, FORCED).root, 0, "nothing is left of it");
        vm.warp(START + 3 days);
        expectRefusal(NotFinal.selector, FORCED, 0);
        escrow.claim(proven(jobId, FORCED, 0.7 ether));
    }

    function test_only_the_settler_cancels() public {
        Veto memory order = Veto(jobId, FORCED, forced.root);
        expectRefusal(WrongSigner.selector, uint160(settler), uint256(Signing.hash(order)));
        veto(0xBAD, order);
        expectRefusal(WrongSigner.selector, uint160(settler), uint256(Signing.hash(order)));
        veto(PUBLISHER_KEY, order);
    }

    function test_a_veto_names_the_root() public {
        uint256 finalAt = START + 1 hours + 1 days;
        expectRefusal(NotPending.selector, FORCED, finalAt);
        veto(SETTLER_KEY, Veto(jobId, FORCED, "other"));
        expectRefusal(NotPending.selector, FORCED, finalAt);
        veto(SETTLER_KEY, Veto(jobId, FORCED, 0));
    }

    function test_what_is_final_is_not_cancelled() public {
        uint256 finalAt = START + 1 hours + 1 days;
        vm.warp(finalAt);
        expectRefusal(NotPending.selector, FORCED, finalAt);
        veto(SETTLER_KEY, Veto(jobId, FORCED, forced.root));
        vm.warp(finalAt - 1);
        veto(forced);
    }

    function test_the_settlers_own_epochs_are_not_cancelled() public {
        Statement memory pending = statementOf(jobId, 1 ether);
        pending.epoch = 1;
        post(pending);
        uint256 finalAt = escrow.epoch(jobId, 1).finalAt;
        expectRefusal(NotPending.selector, 1, finalAt);
        veto(SETTLER_KEY, Veto(jobId, 1, pending.root));
    }

    function test_a_new_settler_has_the_veto() public {
        vm.prank(publisher);
        escrow.setSettler(openings[jobId], vm.addr(0x5EC));
        Veto memory order = Veto(jobId, FORCED, forced.root);
        expectRefusal(WrongSigner.selector, uint160(vm.addr(0x5EC)), uint256(Signing.hash(order)));
        veto(SETTLER_KEY, order);
        escrow.veto(order, sign(0x5EC, Signing.hash(order)));
        assertEq(escrow.job(jobId).forced, 0, "cancelled");
    }

    function test_the_freed_cap_can_be_forced_again_under_the_next_number() public {
        veto(forced);
        force(forcedOf(1, 0.75 ether), 3);
        assertEq(escrow.job(jobId).forced, 0.75 ether, "the whole quarter");
        vm.warp(START + 3 days);
        escrow.claim(proven(jobId, FORCED | 1, 0.75 ether));
        assertEq(payee(0).balance, 0.75 ether, "paid");
    }
}
