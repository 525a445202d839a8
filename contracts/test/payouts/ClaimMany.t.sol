// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Burner, Refuser} from "../Accounts.sol";
import {EscrowTest} from "../EscrowTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {OldToken} from "../Tokens.sol";
import {Reader} from "../Reader.sol";
import {Trees} from "../Trees.sol";

contract ClaimManyTest is EscrowTest {
    using Reader for IEscrow;
    using Trees for Trees.Tree;

    /// A final epoch with a leaf for each account: 1 ether for the first, 2 for the second, and so on.
    function postFor(bytes32 jobId, address[] memory accounts) private returns (ProvenLeaf[] memory list) {
        Leaf[] memory leaves = new Leaf[](accounts.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            leaves[i] = Leaf(accounts[i], (i + 1) * 1 ether, (i + 1) * 1 ether, i);
        }
        Trees.Tree memory tree = Trees.build(leaves);
        Statement memory statement = statementOf(jobId, tree);
        post(statement);
        vm.warp(block.timestamp + 1 hours);
        list = new ProvenLeaf[](leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            list[i] = proven(statement, tree, leaves[i]);
        }
    }

    function three(address first) private pure returns (address[] memory accounts) {
        accounts = new address[](3);
        (accounts[0], accounts[1], accounts[2]) = (first, payee(1), payee(2));
    }

    function test_leaves_of_several_jobs_are_paid_at_once_and_paid_ones_left_out() public {
        Opening memory other = opening();
        other.salt = "other";
        ProvenLeaf[] memory here = postFor(openJob(), three(payee(0)));
        ProvenLeaf[] memory there = postFor(openJob(other), three(payee(5)));
        escrow.claim(here[1]);
        ProvenLeaf[] memory both = new ProvenLeaf[](6);
        for (uint256 i = 0; i < 3; ++i) {
            (both[i], both[i + 3]) = (here[i], there[i]);
        }
        vm.prank(stranger);
        escrow.claimMany(both);
        assertEq(payee(0).balance, 1 ether, "of one job");
        assertEq(payee(5).balance, 1 ether, "of the other");
        assertEq(payee(1).balance, 4 ether, "of both, each once");
        assertEq(payee(2).balance, 6 ether, "of both");
        escrow.claimMany(both);
        assertEq(payee(2).balance, 6 ether, "nothing twice");
        assertEq(escrow.epoch(here[0].jobId, 0).claimed, 6 ether, "claimed");
    }

    function test_one_leaf_that_is_not_final_stops_the_batch() public {
        bytes32 jobId = openJob();
        ProvenLeaf[] memory list = postFor(jobId, three(payee(0)));
        list[2].epoch = 1;
        expectRefusal(NotFinal.selector, 1, 0);
        escrow.claimMany(list);
        assertEq(payee(0).balance, 0, "nothing is paid");
    }

    function test_what_an_account_refuses_becomes_its_credit() public {
        Refuser refuser = new Refuser();
        ProvenLeaf[] memory list = postFor(openJob(), three(address(refuser)));
        vm.expectEmit(address(escrow));
        emit Credited(address(0), address(refuser), 1 ether);
        escrow.claimMany(list);
        assertEq(payee(1).balance + payee(2).balance, 5 ether, "the others are paid");
        assertEq(escrow.credit(address(0), address(refuser)), 1 ether, "credit");
        assertEq(address(escrow).balance, BUDGET + BOND - 5 ether, "kept for it");
        expectRefusal(PayRefused.selector, uint160(address(refuser)), 1 ether);
        escrow.claimCredit(address(0), address(refuser));

        refuser.agree();
        vm.expectEmit(address(escrow));
        emit CreditPaid(address(0), address(refuser), 1 ether);
        vm.prank(stranger);
        escrow.claimCredit(address(0), address(refuser));
        assertEq(address(refuser).balance, 1 ether, "paid when it is willing");
        escrow.claimCredit(address(0), address(refuser));
        assertEq(address(refuser).balance, 1 ether, "once");
        assertEq(escrow.credit(address(0), address(refuser)), 0, "no credit is left");
    }

    function test_an_account_that_burns_gas_stops_nobody() public {
        Burner burner = new Burner();
        ProvenLeaf[] memory list = postFor(openJob(), three(address(burner)));
        uint256 before = gasleft();
        escrow.claimMany(list);
        assertTrue(before - gasleft() < 400_000, "little gas is lost");
        assertEq(escrow.credit(address(0), address(burner)), 1 ether, "credit");
        assertEq(payee(1).balance + payee(2).balance, 5 ether, "the others are paid");
    }

    function test_a_token_that_refuses_one_account_pays_the_others() public {
        OldToken token = new OldToken();
        token.mint(publisher, BUDGET + BOND);
        Opening memory opened = opening();
        opened.token = address(token);
        bytes32 jobId = remember(opened);
        vm.prank(publisher);
        escrow.open(opened, "");
        ProvenLeaf[] memory list = postFor(jobId, three(payee(0)));
        token.refuse(payee(0));
        expectRefusal(PayRefused.selector, uint160(payee(0)), 1 ether);
        escrow.claim(list[0]);
        escrow.claimMany(list);
        assertEq(token.balanceOf(payee(1)) + token.balanceOf(payee(2)), 5 ether, "the others are paid");
        assertEq(escrow.credit(address(token), payee(0)), 1 ether, "credit in the token");
        assertEq(escrow.credit(address(0), payee(0)), 0, "none in coins");
        token.refuse(address(0));
        escrow.claimCredit(address(token), payee(0));
        assertEq(token.balanceOf(payee(0)), 1 ether, "paid at last");
    }

    function test_a_leaf_of_nothing_pays_nothing_and_stops_nobody() public {
        bytes32 jobId = openJob();
        post(statementOf(jobId, 0));
        vm.warp(START + 1 hours);
        expectRefusal(AlreadyClaimed.selector, 0, 0);
        escrow.claim(proven(jobId, 0, 0));
        escrow.claimMany(listOf(proven(jobId, 0, 0)));
        assertEq(payee(0).balance, 0, "nothing");
    }
}
