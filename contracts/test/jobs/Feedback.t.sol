// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowTest} from "../EscrowTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Signing} from "../Signing.sol";

contract FeedbackTest is EscrowTest {
    using Signing for IEscrow;

    bytes32 private jobId;

    function setUp() public override {
        super.setUp();
        jobId = openJob();
        post(statementOf(jobId, 3 ether));
        vm.warp(START + 1 hours);
    }

    function say(address from, ProvenLeaf memory leaf) private {
        vm.prank(from);
        escrow.feedback(opening(), leaf, 4, "evidence");
    }

    function test_an_account_with_a_final_leaf_speaks_about_the_publisher() public {
        vm.expectEmit(address(escrow));
        emit FeedbackGiven(jobId, payee(0), payee(0), 3 ether, 4, "evidence");
        say(payee(0), proven(jobId, 0, 3 ether));
        escrow.claim(proven(jobId, 0, 3 ether));
        vm.expectEmit(address(escrow));
        emit FeedbackGiven(jobId, payee(0), payee(0), 3 ether, 4, "evidence");
        say(payee(0), proven(jobId, 0, 3 ether));
    }

    function test_the_publisher_speaks_about_such_an_account() public {
        vm.expectEmit(address(escrow));
        emit FeedbackGiven(jobId, payee(0), publisher, 3 ether, 4, "evidence");
        say(publisher, proven(jobId, 0, 3 ether));
    }

    function test_nobody_else_speaks() public {
        expectRefusal(WrongCaller.selector, uint160(stranger), uint160(payee(0)));
        say(stranger, proven(jobId, 0, 3 ether));
        expectRefusal(WrongCaller.selector, uint160(settler), uint160(payee(0)));
        say(settler, proven(jobId, 0, 3 ether));
    }

    function test_what_is_not_final_or_not_earned_has_no_weight() public {
        Statement memory next = statementOf(jobId, 1 ether);
        next.epoch = 1;
        post(next);
        expectRefusal(NotFinal.selector, 1, START + 2 hours);
        say(payee(0), proven(jobId, 1, 1 ether));
        ProvenLeaf memory larger = proven(jobId, 0, 4 ether);
        (bool isSaid, bytes memory reason) =
            address(escrow).call(abi.encodeCall(IEscrow.feedback, (opening(), larger, 4, "evidence")));
        assertTrue(!isSaid && bytes4(reason) == NotInTree.selector, "not in the tree");
    }

    function test_a_publisher_cannot_speak_about_payees_of_another_job() public {
        Opening memory other = opening();
        (other.publisher, other.salt) = (stranger, "other");
        vm.deal(stranger, 100 ether);
        openJob(other);
        expectRefusal(WrongJob.selector, uint256(jobId), uint256(escrow.idOf(other)));
        vm.prank(stranger);
        escrow.feedback(other, proven(jobId, 0, 3 ether), 0, "");
    }
}
